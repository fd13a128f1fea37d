package io.jitney.daemon.channel;

import io.jitney.daemon.resources.HttpEndpoint.ClientTls;
import org.jspecify.annotations.Nullable;

/**
 * What sets one shared HTTP client apart from another. Equal kinds share sockets; key material is
 * part of the kind, so two endpoints with different certificates never do.
 *
 * @param http2 HTTP/2 by prior knowledge or ALPN; false: HTTP/1.1
 * @param trust whether and how there is TLS
 * @param tls own certificates of an endpoint; null: none
 * @param maxHeaderSize limit of an answer's header block, in bytes
 * @param owner whose calls it is for, a number; {@value #SHARED}: anybody's, with the servers'
 *     names keeping connections apart
 */
public record ClientKind(
    boolean http2, Trust trust, @Nullable ClientTls tls, int maxHeaderSize, long owner) {
  /** No owner. */
  public static final long SHARED = 0;

  /** How the other side proves who it is. */
  public enum Trust {
    /** No TLS. */
    PLAIN,
    /** TLS, any certificate: apps on {@code https} and {@code grpcs}, as daprd treats them. */
    ANYONE,
    /** TLS, checked against the usual authorities or the kind's own. */
    VERIFIED
  }

  @Override
  public String toString() {
    return "ClientKind[" + (http2 ? "h2" : "http/1.1") + " " + trust + "]";
  }
}
