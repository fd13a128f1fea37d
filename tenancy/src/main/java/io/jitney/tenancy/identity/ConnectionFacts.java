package io.jitney.tenancy.identity;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the daemon knows of a connection before it knows the caller.
 *
 * @param source the peer's address as the kernel reports it, never from a header; null if it has
 *     none (Unix socket)
 * @param token the API token that came with the call; null or empty if none did. Secret
 * @param listener the name that the daemon gave to the listener that accepted the connection; null
 *     if the listener serves many apps
 */
public record ConnectionFacts(
    @Nullable InetAddress source, @Nullable String token, @Nullable String listener) {

  /** Whether a token was presented. An empty header is none, as for daprd. */
  public boolean hasToken() {
    return token != null && !token.isEmpty();
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "ConnectionFacts[source="
        + (source == null ? "none" : source.getHostAddress())
        + ", token="
        + (hasToken() ? "hidden" : "none")
        + ", listener="
        + (listener == null ? "none" : listener)
        + "]";
  }
}
