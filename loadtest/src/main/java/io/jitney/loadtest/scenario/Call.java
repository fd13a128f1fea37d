package io.jitney.loadtest.scenario;

/**
 * One kind of request.
 *
 * @param share of all requests, in relation to the others' shares
 * @param keys how many different keys are used; with {@link Kind#TRANSACTION} and {@link Kind#BULK}
 *     as many are in one request
 * @param bytes of each value or body
 * @param path of {@link Kind#INVOKE} and {@link Kind#PATH}; {@code {n}} becomes another number each
 *     time
 * @param target app id to be invoked; empty: the caller itself; {@code {n}} as above
 */
public record Call(Kind kind, int share, int keys, int bytes, String path, String target) {

  /** What is asked for. */
  public enum Kind {
    GET,
    SET,
    /** Many gets in one request. */
    BULK,
    /** Upserts in one transaction. */
    TRANSACTION,
    INVOKE,
    /** An event is published; done when that is acknowledged. */
    PUBLISH,
    /** The same; done when the subscribed app has the event, too. */
    EVENT,
    /** A plain GET of a path of the sidecar, such as {@code /v1.0/healthz}. HTTP only. */
    PATH
  }

  /** Of the time series and tables. */
  public String label() {
    return kind.name().toLowerCase(java.util.Locale.ROOT);
  }
}
