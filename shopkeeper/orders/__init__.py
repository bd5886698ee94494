"""What shoppers bought: checkout, order states, history."""
