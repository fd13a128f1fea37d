package io.jitney.components.redis;

/**
 * Why a call got no good answer. The message is what daprd's client says: the server's own error
 * text, or {@code dial tcp ...} and the like. Stackless.
 */
public final class RedisFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** How far the call got, which decides whether trying again can do harm. */
  enum Kind {
    /** The server did not execute it: it was never sent, or refused for a passing reason. */
    NOT_EXECUTED,
    /** It was sent and the answer got lost. */
    UNKNOWN,
    /** The server's final word. */
    ANSWERED,
    /** Nobody waits any longer, or nobody can be asked any more. */
    OVER,
    /** Too many of its flow's calls wait already. */
    REFUSED
  }

  private final Kind kind;

  RedisFailure(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }

  /** The message is the server's own error. */
  public boolean isAnswer() {
    return kind == Kind.ANSWERED;
  }

  /** The server answered with an error, {@code NOSCRIPT ...} for example. */
  static RedisFailure answered(String error) {
    boolean passing =
        error.startsWith("LOADING ")
            || error.startsWith("READONLY ")
            || error.startsWith("MASTERDOWN ")
            || error.startsWith("CLUSTERDOWN ")
            || error.startsWith("TRYAGAIN ")
            || error.startsWith("ERR max number of clients reached");
    return new RedisFailure(passing ? Kind.NOT_EXECUTED : Kind.ANSWERED, error);
  }

  static RedisFailure deadline() {
    return new RedisFailure(Kind.OVER, "context deadline exceeded");
  }

  static RedisFailure closed() {
    return new RedisFailure(Kind.OVER, "redis: client is closed");
  }

  /** Too many calls wait: the server was not asked. */
  public boolean isRefusal() {
    return kind == Kind.REFUSED;
  }

  static RedisFailure busy() {
    return new RedisFailure(Kind.REFUSED, "redis: connection pool timeout");
  }
}
