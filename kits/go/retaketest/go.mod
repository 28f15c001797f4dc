module retake.test/retaketest

go 1.22
