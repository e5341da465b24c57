import numpy as np, pyuvm
from tb.common.randomness import generator
from tb.prosperity.base_test import ProsperityTest
from tb.prosperity.job import LayerJob
from tb.prosperity.sequences import run_layer

@pyuvm.test()
class OneLayer(ProsperityTest):
    async def body(self):
        rng=generator("x")
        c=self.settings.config
        for (m,k,n) in ((c.tile_m,c.tile_k,c.lanes),(2*c.tile_m+3,3*c.tile_k+5,c.lanes+3)):
            job=LayerJob(name=f"{m}x{k}x{n}",spikes=rng.random((m,k))<0.3,weights=rng.integers(-128,128,(k,n)).astype(np.int8))
            r=await run_layer(self.env,job)
            print(r.counters)
