mutate/tests/rtl/tiny.v
