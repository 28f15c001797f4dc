package retaketest

import (
	"fmt"
	"slices"
	"strings"
)

const listed = 10

// describeMisses says why the requests of a test fail it. It returns nothing if all had a recording.
func describeMisses(whose string, outcome outcome, command string) string {
	missed := outcome.Verdict.Missed
	if missed == 0 {
		return ""
	}
	requests, verb := "1 request", "has"
	if missed > 1 {
		requests, verb = fmt.Sprintf("%d requests", missed), "have"
	}
	paragraphs := []string{fmt.Sprintf("retake: %s of %s %s no recording", requests, whose, verb)}
	for _, miss := range outcome.Verdict.Misses {
		paragraphs = append(paragraphs, miss.Message)
	}
	for _, failure := range outcome.Failures {
		if failure.Code == "no_cassette" && !slices.Contains(paragraphs, failure.Message) {
			paragraphs = append(paragraphs, failure.Message)
		}
	}
	return strings.Join(append(paragraphs, "To record the missing answers, run: "+command), "\n\n")
}

func describeUnused(all []unusedTake, cassette, path string) []string {
	var lines []string
	for _, take := range all {
		if take.Cassette != cassette {
			continue
		}
		key := take.Key[strings.LastIndexByte(take.Key, ':')+1:]
		lines = append(lines, fmt.Sprintf("  %s %s take %d: %s", take.Cassette, key[:min(12, len(key))], take.Take, take.Question))
	}
	if len(lines) == 0 {
		return nil
	}
	takes := "1 recorded answer was"
	if len(lines) > 1 {
		takes = fmt.Sprintf("%d recorded answers were", len(lines))
	}
	if more := len(lines) - listed; more > 0 {
		lines = append(lines[:listed], fmt.Sprintf("  and %d more", more))
	}
	first := fmt.Sprintf("retake: %s not requested by any test of %s:", takes, path)
	return []string{strings.Join(append([]string{first}, lines...), "\n")}
}
