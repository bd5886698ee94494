"""What is sold: products, variants, categories; browse; product CSV in and out."""
