"""Records, contract, conditions, lists, switches and faults. Knows no business rule of ConnectWise."""
