"""What is known of how VINs are built, learned from counts of real ones, and of what other text looks like."""
