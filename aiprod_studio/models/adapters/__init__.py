"""How each family's transformer class is called; `adapter.forward` chooses among them."""
