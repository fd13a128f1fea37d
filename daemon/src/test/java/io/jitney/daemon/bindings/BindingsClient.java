package io.jitney.daemon.bindings;

import java.util.Map;

/** The bindings API as an app uses it, whatever the transport. */
interface BindingsClient extends AutoCloseable {
  /**
   * @param error message of an error; "" when it went well
   * @param data as text; "" without any
   * @param metadata the {@code metadata.} headers, lower-case, without the prefix
   */
  record Answer(String error, String data, Map<String, String> metadata) {}

  /**
   * @param json what the binding is to get
   */
  Answer invoke(String binding, String operation, String json, Map<String, String> metadata);

  @Override
  void close();
}
