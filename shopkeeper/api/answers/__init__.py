"""What is answered, as JSON: its shapes for the document, and how the shop's words become them."""
