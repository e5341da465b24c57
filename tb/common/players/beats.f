// Player and recorder alone, relative to the project's root.
tb/common/players/snn_beat_player.v
tb/common/players/snn_beat_recorder.v
