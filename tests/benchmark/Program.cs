using KeyRotation.Benchmark;

return await Benchmarks.RunAsync(args);
