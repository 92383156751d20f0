"""Teaching a model real photos: the owner's labelled and unlabelled ones."""
