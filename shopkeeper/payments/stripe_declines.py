"""Why Stripe declined a card, in plain words for the shopper."""
from __future__ import annotations

DECLINED = "Your card was declined."

_UNREACHED = "Your bank could not be asked. Try again in a moment, or with another card."
_OVER_LIMIT = "Your card is over its limit. Use another card."
_NOT_FOR_THIS = "Your card cannot be used for this purchase. Use another card, or ask your bank."
_ASKED_BACK = "Your bank asks for a confirmation that this shop cannot show. Use another card."

# By decline code, else by error code (https://docs.stripe.com/declines/codes, https://docs.stripe.com/error-codes).
# A card that is lost, stolen or suspected is declined like any other: who holds it need not know why.
_REASONS = {
    "authentication_not_handled": _ASKED_BACK,
    "authentication_required": _ASKED_BACK,
    "card_not_supported": _NOT_FOR_THIS,
    "card_velocity_exceeded": _OVER_LIMIT,
    "currency_not_supported": _NOT_FOR_THIS,
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "incorrect_number": "Your card number is incorrect.",
    "insufficient_funds": "Your card has insufficient funds.",
    "invalid_account": _NOT_FOR_THIS,
    "invalid_cvc": "Your card's security code is incorrect.",
    "invalid_expiry_month": "Your card's expiry date is incorrect.",
    "invalid_expiry_year": "Your card's expiry date is incorrect.",
    "invalid_number": "Your card number is incorrect.",
    "issuer_not_available": _UNREACHED,
    "live_mode_test_card": "This is a test card, and this shop takes money.",
    "processing_error": _UNREACHED,
    "reenter_transaction": _UNREACHED,
    "test_mode_live_card": "This shop takes test cards only.",
    "testmode_decline": "This shop takes test cards only.",
    "transaction_not_allowed": _NOT_FOR_THIS,
    "try_again_later": _UNREACHED,
    "withdrawal_count_limit_exceeded": _OVER_LIMIT,
}


def decline_reason(decline_code: str | None, code: str | None) -> str:
    """What to tell the shopper."""
    return _REASONS.get(decline_code or "") or _REASONS.get(code or "") or DECLINED
