package io.jitney.daemon.testing;

import java.util.List;

/** An open sidecar of a test: where its API is, and what it logged. */
public interface Sidecar extends AutoCloseable {
  String appId();

  int httpPort();

  int grpcPort();

  /** Lines logged so far, in daprd's text format. */
  List<String> log();

  default HttpApiClient http() {
    return new HttpApiClient(httpPort());
  }

  /** Graceful; idempotent. */
  @Override
  void close();
}
