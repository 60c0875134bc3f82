"""Who: organisations, people, bodies, posts and the seats that people hold in them, for how long."""
