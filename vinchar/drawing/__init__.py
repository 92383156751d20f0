"""The synthetic world: faces, surfaces, light, damage, labels, documents and whole photos. No Keras here."""
