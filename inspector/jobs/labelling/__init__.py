"""What a person sees while labelling: suggestions, guesses, features made in the background."""
