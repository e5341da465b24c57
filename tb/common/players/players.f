// Players, recorder and clock, relative to this file; their machine comes from its own list.
snn_bench_clock.v
snn_beat_player.v
snn_beat_recorder.v
snn_played_machine.v
