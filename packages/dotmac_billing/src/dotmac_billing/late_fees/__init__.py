"""What is asked of those who pay late: fees and interest."""
