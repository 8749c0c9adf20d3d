// Many tests wait for a deadline, a rate or the network: more of them run at a time than the machine has processors.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(6)]
