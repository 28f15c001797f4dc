// Command check decodes manifests into the types of the Kubernetes API, strictly: an unknown field or a value of another type is an error.
// It needs no network and no cluster. It prints the kind and the name of each object.
package main

import (
	"bytes"
	"fmt"
	"os"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	policy "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
)

func main() {
	scheme := runtime.NewScheme()
	utilruntime.Must(apps.AddToScheme(scheme))
	utilruntime.Must(core.AddToScheme(scheme))
	utilruntime.Must(policy.AddToScheme(scheme))
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	failed := false
	for _, file := range os.Args[1:] {
		text, err := os.ReadFile(file)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		for _, document := range bytes.Split(text, []byte("\n---\n")) {
			_, kind, err := decoder.Decode(document, nil, nil)
			if err != nil {
				fmt.Fprintf(os.Stderr, "%s: %v\n", file, err)
				failed = true
				continue
			}
			fmt.Printf("%s %s\n", file, kind.Kind)
		}
	}
	if failed {
		os.Exit(1)
	}
}
