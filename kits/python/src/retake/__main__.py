from retake._program import main

main()
