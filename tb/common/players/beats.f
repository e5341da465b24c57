// Player and recorder alone, relative to this file.
snn_beat_player.v
snn_beat_recorder.v
