"""The desk for corrections: pictures with what was read in them, people who say what is there, and their labels."""
