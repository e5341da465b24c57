// Players, recorder and clock, relative to the project's root; their machine comes from its own list.
tb/common/players/snn_bench_clock.v
tb/common/players/snn_beat_player.v
tb/common/players/snn_beat_recorder.v
tb/common/players/snn_played_machine.v
