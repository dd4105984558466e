from labelfeed.scaling.errors import ScalingError


def test_it_is_a_value_error_so_that_the_command_line_shows_one_line():
    assert issubclass(ScalingError, ValueError)
