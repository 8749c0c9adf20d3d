// Many tests wait for a deadline, a rate limit or the network, so more of them run in parallel than a small machine has processors.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(6)]
