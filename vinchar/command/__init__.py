"""The command line: arguments, verbs, forms of output, processes that read."""
