package io.jitney.loadtest.plan;

/**
 * What became of numbered events.
 *
 * @param acknowledged to the publisher
 * @param lost of these, those that never arrived
 * @param duplicates arrivals of events that had arrived before
 * @param inDoubt published without an answer; whether they arrive nobody was told
 * @param inDoubtArrived of these
 * @param refused answered badly
 * @param publishedAfter seconds until all was acknowledged
 * @param seconds until the last event arrived
 */
public record DurabilityResult(
    long acknowledged,
    long lost,
    long duplicates,
    long inDoubt,
    long inDoubtArrived,
    long refused,
    double publishedAfter,
    double seconds) {}
