package io.jitney.daemon.resources;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An HTTPEndpoint resource as written; references are not resolved yet.
 *
 * @param baseUrl {@code spec.baseUrl}, possibly empty
 * @param headers {@code spec.headers} in order
 * @param tls {@code spec.clientTLS}; null when absent
 */
public record HttpEndpointResource(
    Metadata metadata, String baseUrl, List<Property> headers, @Nullable Tls tls)
    implements Resource {
  /** PEM texts or references to them. */
  public record Tls(
      Property rootCa, Property certificate, Property privateKey, String renegotiation) {}

  public HttpEndpointResource {
    headers = List.copyOf(headers);
  }

  @Override
  public String kind() {
    return "HTTPEndpoint";
  }

  @Override
  public String logName() {
    return metadata.name() + " (" + baseUrl + ")";
  }

  @Override
  public String toString() {
    return "HTTPEndpoint[" + metadata.name() + "]";
  }
}
