"""The published language of vetagenda: event classes and generated documents."""
