package io.jitney.daemon.instance;

import io.jitney.daemon.resources.HttpEndpoint;
import io.jitney.daemon.resources.HttpEndpointResource;
import io.jitney.daemon.resources.HttpEndpointResource.Tls;
import io.jitney.daemon.resources.Property;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes usable endpoints of HTTPEndpoint resources: references replaced by values. Waits for secret
 * stores.
 */
final class HttpEndpointLoading {
  private final ReferenceResolver references;

  HttpEndpointLoading(ReferenceResolver references) {
    this.references = references;
  }

  List<HttpEndpoint> load(List<HttpEndpointResource> resources) throws InterruptedException {
    List<HttpEndpoint> endpoints = new ArrayList<>();
    for (HttpEndpointResource resource : resources) {
      if (!resource.metadata().name().isEmpty()) {
        endpoints.add(load(resource));
      }
    }
    return endpoints;
  }

  private HttpEndpoint load(HttpEndpointResource resource) throws InterruptedException {
    Map<String, String> headers = new LinkedHashMap<>();
    for (Property header : references.resolve(resource, resource.headers()).properties()) {
      headers.put(header.name(), header.text());
    }
    return new HttpEndpoint(
        resource.metadata().name(),
        resource.baseUrl(),
        Collections.unmodifiableMap(headers),
        tls(resource, resource.tls()));
  }

  private HttpEndpoint.@Nullable ClientTls tls(HttpEndpointResource resource, @Nullable Tls tls)
      throws InterruptedException {
    if (tls == null) {
      return null;
    }
    List<Property> resolved =
        references
            .resolve(resource, List.of(tls.rootCa(), tls.certificate(), tls.privateKey()))
            .properties();
    return new HttpEndpoint.ClientTls(
        resolved.get(0).text(),
        resolved.get(1).text(),
        resolved.get(2).text(),
        tls.renegotiation());
  }
}
