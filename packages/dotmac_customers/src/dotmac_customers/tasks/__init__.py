"""What is to be done about customers, by whom and by when."""
