"""What is not as the last green run left it is built, tested and documented again."""
