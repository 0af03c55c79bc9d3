"""Credit that is granted again and again, and credit that ends, as time passes."""
