// Players, recorder and clock, relative to the project's root; their machine comes from its own list.
tb/common/players/bench_clock.v
tb/common/players/beat_player.v
tb/common/players/beat_recorder.v
tb/common/players/played_machine.v
