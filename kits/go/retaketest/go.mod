module github.com/OWNER/retake/kits/go/retaketest

go 1.22
