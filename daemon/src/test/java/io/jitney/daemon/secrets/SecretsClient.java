package io.jitney.daemon.secrets;

import java.util.Map;

/** The secrets API as an app uses it, whatever the transport. */
interface SecretsClient extends AutoCloseable {
  /** What an answer may be, in words both transports share. */
  enum Outcome {
    OK,
    NO_STORES,
    UNKNOWN_STORE,
    DENIED,
    FAILED
  }

  /**
   * @param message of an error; "" without one
   * @param data empty with an error
   */
  record Answer<T>(Outcome outcome, String message, Map<String, T> data) {}

  Answer<String> get(String store, String key);

  Answer<Map<String, String>> bulkGet(String store);

  @Override
  void close();
}
