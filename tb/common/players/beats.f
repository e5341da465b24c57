// Player and recorder alone, relative to the project's root.
tb/common/players/beat_player.v
tb/common/players/beat_recorder.v
