package io.jitney.daemon.resources;

import io.jitney.daemon.http.HttpRoute;

/** API access lists of a Configuration ({@code spec.api.allowed}, {@code denied}). Immutable. */
public interface ApiAccess {
  /** Everything is allowed. */
  ApiAccess ALL =
      new ApiAccess() {
        @Override
        public boolean allows(HttpRoute route) {
          return true;
        }

        @Override
        public boolean allowsGrpc(String accessKey) {
          return true;
        }
      };

  /** Whether an HTTP route counts as registered. */
  boolean allows(HttpRoute route);

  /** Whether a gRPC method of that access key ({@code state.v1}) may be called. */
  boolean allowsGrpc(String accessKey);
}
