tiny.v
