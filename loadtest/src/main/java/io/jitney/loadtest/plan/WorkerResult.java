package io.jitney.loadtest.plan;

import java.util.Map;

/**
 * What a worker saw.
 *
 * @param groups by name
 * @param attacks counts per interval, by what is counted
 * @param lag base64 of a histogram, in microseconds: how much later than intended requests were
 *     handed to their connection for reasons of the generator's own
 */
// Plain series of numbers, written to JSON and read from it; nobody compares or keeps them.
@SuppressWarnings("ArrayRecordComponent")
public record WorkerResult(
    int intervalMillis, Map<String, GroupResult> groups, Map<String, long[]> attacks, String lag) {

  /**
   * One group of streams.
   *
   * @param calls by label
   * @param okByTenant good answers per interval, by app id
   */
  public record GroupResult(Map<String, CallSeries> calls, Map<String, long[]> okByTenant) {}

  /**
   * Per interval, by the time at which a request was due (closed loop: was sent).
   *
   * @param due requests
   * @param sent of them, put on the wire
   * @param ok answered well and in time
   * @param refused HTTP 429, gRPC RESOURCE_EXHAUSTED
   * @param failed answered badly, or the connection was lost
   * @param late no answer in time
   * @param histograms base64 of HdrHistograms in microseconds, of good and of late answers, these
   *     with the time-out; "" for none
   */
  public record CallSeries(
      long[] due,
      long[] sent,
      long[] ok,
      long[] refused,
      long[] failed,
      long[] late,
      String[] histograms) {}
}
