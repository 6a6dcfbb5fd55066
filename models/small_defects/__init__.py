"""Images judged by their unusual places: finding them, and learning what they show from labels of whole images."""
