/**
 * Dapr's resource files as records, and how they are loaded. Start at {@link
 * io.jitney.daemon.resources.ResourceLoader} (folders: Component, HTTPEndpoint) and {@link
 * io.jitney.daemon.resources.ConfigurationLoader} (files of {@code --config}); a further kind is a
 * record, a method of {@code ResourceReader} and a list in {@link
 * io.jitney.daemon.resources.LoadedResources}.
 *
 * <p>Texts are a tenant's and not trusted: {@code YamlReader} bounds what they cost, and no message
 * quotes them, since they may hold secrets. Records are immutable; loaders wait for the file system
 * and run on the instance's virtual thread.
 */
@NullMarked
package io.jitney.daemon.resources;

import org.jspecify.annotations.NullMarked;
