package io.jitney.daemon.resources;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An HTTPEndpoint resource with references resolved. {@code toString} hides headers and key
 * material.
 *
 * @param name {@code metadata.name}
 * @param baseUrl {@code spec.baseUrl}
 * @param headers set on every request, replacing what the caller sent
 * @param tls null: plain defaults
 */
public record HttpEndpoint(
    String name, String baseUrl, Map<String, String> headers, @Nullable ClientTls tls) {
  @Override
  public String toString() {
    return "HttpEndpoint[" + name + "]";
  }

  /** PEM texts; "" when absent. */
  public record ClientTls(
      String rootCa, String certificate, String privateKey, String renegotiation) {
    @Override
    public String toString() {
      return "ClientTls[]";
    }
  }
}
