package io.jitney.tenancy;
