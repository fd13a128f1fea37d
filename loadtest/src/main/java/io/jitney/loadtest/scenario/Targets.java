package io.jitney.loadtest.scenario;

/**
 * What a run must reach to pass; 0 where nothing is asked.
 *
 * @param p99Ratio most that the victims' p99 may be of what it is alone
 * @param p999Ratio the same for p99.9
 * @param goodput least share of the victims' answers, or of the peak, that must remain
 * @param recoverySeconds most until things are normal again
 * @param jain least weighted Jain index
 * @param cpuRatio most CPU per call of the first side over that of the second
 * @param rssMiB most resident memory of the measured daemon
 * @param cpuMicros most CPU per call
 * @param controlMillis most for an answer of health and admin ports
 */
public record Targets(
    double p99Ratio,
    double p999Ratio,
    double goodput,
    double recoverySeconds,
    double jain,
    double cpuRatio,
    double rssMiB,
    double cpuMicros,
    double controlMillis) {}
