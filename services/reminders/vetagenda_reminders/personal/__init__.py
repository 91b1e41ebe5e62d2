"""What a person of the practice wants an owner to be told on a day, in words of their own."""
