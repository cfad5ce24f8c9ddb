"""Ten steps decided one after the other: Himpun, its floor, its peers. Each module answers `prepare`, `batch`, `close`."""
