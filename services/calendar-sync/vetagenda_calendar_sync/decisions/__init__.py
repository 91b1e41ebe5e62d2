"""What a link holds back until a person has decided, and what follows from the decision."""
